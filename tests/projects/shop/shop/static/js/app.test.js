if(total([])!==0)throw new Error("not shipped");
