"""The canary of Argo Rollouts: its steps, its arithmetic, and its progress."""
