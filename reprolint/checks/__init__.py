"""What is wrong with a program: one pure function a rule, where the declarative matcher cannot say it."""
