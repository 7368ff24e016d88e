"""Results that officers write from a template: what they add, the paper it becomes, and how it is kept."""
