"""tmp"""
import os
def discover(paths, exclude):
    for p in paths:
        if os.path.isdir(p):
            for d,_,fs in os.walk(p):
                for f in sorted(fs):
                    if f.endswith('.py'): yield os.path.join(d,f)
        else: yield p
