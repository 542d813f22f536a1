"""From a file, a folder or a frame to typed tables: one reader for each kind of file."""
