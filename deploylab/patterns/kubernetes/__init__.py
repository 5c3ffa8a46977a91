"""The Deployment controller of Kubernetes: its arithmetic, and what it remembers."""
