"""The REST API (giao diện cho chương trình): the same services and rights as the pages, in JSON."""
