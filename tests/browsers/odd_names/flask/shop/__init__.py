"""An application whose page has a script of each name."""

from flask import Flask, render_template

from shop.names import NAMES

app = Flask(__name__)


@app.get("/")
def index():
    """Show the page."""
    return render_template("index.html", names=NAMES)
