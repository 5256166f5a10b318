/** The environment without proxies and certificates, which not all clients support. */
export const PLAIN_ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(https?_proxy|all_proxy|no_proxy|node_extra_ca_certs|node_options|ssl_cert_file)$/i.test(name),
  ),
);
