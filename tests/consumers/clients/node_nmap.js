// node-nmap: prints the hosts that it found as JSON. It takes any byte on standard error for a failure.
const nmap = require('node-nmap');
nmap.nmapLocation = 'nmap';
const [range, options] = process.argv.slice(2);
const scan = new nmap.NmapScan(range, options);
scan.on('complete', hosts => console.log(JSON.stringify(hosts)));
scan.on('error', error => { console.error(String(error)); process.exitCode = 1; });
scan.startScan();
