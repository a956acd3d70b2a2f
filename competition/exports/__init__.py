"""Results as files: CSV, XLSX, JSON package and a printed sheet; and the check that they are true."""
