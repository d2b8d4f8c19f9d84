"""A page of Dash with the component."""

import sys

from dash import Dash
from shop import Cart

app = Dash(__name__)
app.layout = Cart(id="cart")
app.run(port=sys.argv[1])
