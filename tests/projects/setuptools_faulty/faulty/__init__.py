"""Its upload is configured as wrongly as can be."""
