// A component in a frame of Streamlit's page, which waits until it says that it is there.
import { openShop } from "../src/shop";

window.parent.postMessage(
  { isStreamlitMessage: true, type: "streamlit:componentReady", apiVersion: 1 },
  "*",
);
openShop();
