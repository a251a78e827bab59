// ccxt pointed at the local venue and otherwise as its users have it.
import ccxt from "ccxt";

export async function ccxtFor(venue, keys = venue.keys()) {
  const exchange = new ccxt.pro.binance({
    apiKey: keys.hmacKey,
    secret: keys.hmacSecret,
    enableRateLimit: false,
    options: { fetchMarkets: { types: ["spot"] }, fetchCurrencies: false, warnOnFetchOpenOrdersWithoutSymbol: false },
  });
  for (const [name, url] of Object.entries(exchange.urls.api)) {
    if (typeof url === "string") {
      exchange.urls.api[name] = url.replace(/^https:\/\/[^/]+/, venue.rest);
    }
  }
  exchange.urls.api.ws.spot = `${venue.ws}/ws`;
  exchange.urls.api.ws["ws-api"].spot = venue.wsApi;
  await exchange.loadHttpProxyAgent(); // once, or it refuses ws:// without TLS
  return exchange;
}
