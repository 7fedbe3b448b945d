"""The wizard as questions and answers, a line each, for terminals without screens."""
