"""How a checkout sets itself up. Standard library only: it runs before anything is installed."""
