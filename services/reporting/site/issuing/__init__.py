"""Reports that people issue through the site: which there are, who may, and the words for it."""
