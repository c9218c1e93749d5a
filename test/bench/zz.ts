import { prepare } from './broker/loads';
const [port, qos, subs, count, rounds] = process.argv.slice(2).map(Number);
void (async () => { for (let r=0;r<(rounds as number);r++){ const p = await prepare(port as number, { kind:'fanOut', qos: qos as 0|1, topics:1, subscribers: subs as number, count: count as number, inFlight:1000}); const f = await p.begin(); console.log(f.deliveries/f.elapsed, 'M/s'); p.close(); await new Promise(r=>setTimeout(r,100)); } process.exit(0);})();
