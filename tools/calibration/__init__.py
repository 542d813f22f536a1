"""What kamkit claims against what is true, on simulations with known truth and real ledgers."""
