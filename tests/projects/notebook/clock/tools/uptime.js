console.log(process.uptime());
