"""The content of a built distribution; nothing in this package uses the network."""
