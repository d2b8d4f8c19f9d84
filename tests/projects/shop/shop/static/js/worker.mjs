self.onmessage=e=>self.postMessage(e.data+1);
