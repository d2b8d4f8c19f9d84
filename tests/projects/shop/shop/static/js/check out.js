document.querySelector("form").addEventListener("submit",t=>t.preventDefault());
