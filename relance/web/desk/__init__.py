"""The desk: the staff's pages, one file per page, each function a question asked of the rooms behind."""
