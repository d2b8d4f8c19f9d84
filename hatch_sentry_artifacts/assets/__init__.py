"""What a built distribution holds: no network in here."""
