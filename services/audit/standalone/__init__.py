"""What ships beside an export, and stands alone: it is run as the one file that it is, and imported by nobody."""
