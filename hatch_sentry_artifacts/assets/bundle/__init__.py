"""An artifact bundle of assets: its layout, manifest and chunks."""
