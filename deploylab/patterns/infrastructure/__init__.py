"""Infrastructure as code: templates, plans, the walk that applies them, and Terraform's plans."""
