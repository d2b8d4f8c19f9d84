"""The ways to upload, a class for each value of the option `upload-as`."""
