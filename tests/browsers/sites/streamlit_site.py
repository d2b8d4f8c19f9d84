"""A page of Streamlit with the component."""

from shop import cart

cart()
