using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .handler) ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = "main") ]
);

const handler :Workerd.Worker = (
  modules = [ (name = "handler.mjs", esModule = embed "handler.mjs") ],
  compatibilityDate = "2026-01-01",
);
