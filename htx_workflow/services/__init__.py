"""Use cases: read, decide, write. Each public function is one unit of work."""
