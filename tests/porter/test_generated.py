"""Generated programs do the same when they are ported; ``benchmarks/generated.py`` runs many more of them."""
