"""What people do through the site: which acts there are, the fields of their forms, and what was typed as a claim's data."""
