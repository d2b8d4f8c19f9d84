"""The ways to upload, a module for each value of the option `upload-as`."""
