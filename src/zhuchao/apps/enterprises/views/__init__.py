"""The pages of the register of firms."""
