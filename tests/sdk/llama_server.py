"""llama.cpp's own server with the model of a file: prints its base URL, and serves until its standard input ends."""

import os
import sys

import xllamacpp


def main(path):
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"nonsense"}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 4096
    params.n_parallel = 2
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.use_jinja = True
    params.fit_params = False
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()
    # Its threads have nothing to finish.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
