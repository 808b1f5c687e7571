"""What changes matters, procedures and cases."""
