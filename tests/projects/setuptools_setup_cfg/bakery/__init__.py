"""A bakery whose scripts are made by the build."""
