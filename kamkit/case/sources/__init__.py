"""Sources of every kind: folders, archives, e-invoices, accounting files, databases."""
