wrk.method = "POST"
wrk.body = '{"name":"ada","n":41}'
wrk.headers["Content-Type"] = "application/json"
