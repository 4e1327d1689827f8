"""The pages, by subject: what is asked, what is gathered for it, and which template writes it."""
