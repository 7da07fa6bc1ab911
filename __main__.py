"""VectorIcons, on AWS or on a laptop that stands for it: what exists, who may do what, who reaches whom."""

from datetime import timedelta

import pulumi

from components.alerts import Alerts
from components.assets import Assets, AssetsArgs
from components.base import Deployment
from components.buckets import ACCESS_LOGS, Bucket, BucketArgs, let_read, notify
from components.cache import Cache, CacheArgs
from components.cdn import CdnArgs
from components.cluster import Cluster, ClusterArgs
from components.dashboard import Dashboard
from components.database import Database, DatabaseArgs
from components.dns import Certificates, CertificatesArgs, Dns, DnsArgs
from components.firewall import Firewall, FirewallArgs
from components.frontend import Frontend, FrontendArgs
from components.identity import Identity, IdentityArgs
from components.images import Images, ImagesArgs
from components.links import Links, LinksArgs
from components.load_balancer import LoadBalancer, LoadBalancerArgs, Route
from components.mail import Mail, MailArgs
from components.messaging import Queue, QueueArgs, Subscription, SubscriptionArgs, Topic
from components.network import Network, NetworkArgs
from components.scaling import Backlog, Busy, Requests, owed
from components.sdk import hasten
from components.secrets import Secret, SecretArgs
from components.service import Service
from components.settings import Settings
from components.task import Init, Task, TaskArgs

# One line says one thing about a component, so that the page can be read like a drawing. What a component is
# handed is all that it uses: a test holds the state to it.
# fmt: off
hasten()
settings = Settings.load()

with Deployment(settings):
    network = Network("network", NetworkArgs(
        cidr=settings.network.cidr, zones=settings.network.zones, egress=settings.network.egress,
    ))
    database = Database("database", DatabaseArgs(
        network=network, instance=settings.database.instance, storage=settings.database.storage,
        sslmode=settings.database.sslmode, replicas=settings.database.replicas,
    ))
    cache = Cache("cache", CacheArgs(
        network=network, node=settings.cache.node, replicas=settings.cache.replicas,
        access=settings.cache.access,
    ))

    # What contributors send, what the pages keep to themselves, what the world may see.
    logs = Bucket("logs", BucketArgs(deliveries=ACCESS_LOGS, expire_days=settings.care.log_days))
    uploads = Bucket("uploads", BucketArgs(forms_from=[settings.site], expire_days=30, logs=logs))
    private = Bucket("private", BucketArgs(served_by_cdn=True, logs=logs))
    public = Bucket("public", BucketArgs(served_by_cdn=True, logs=logs))

    # An upload rings `incoming`. What has happened is said once on `events`; what people should hear goes on.
    incoming = Queue("incoming", QueueArgs(visibility=timedelta(minutes=10), senders=[uploads.sends()]))
    notify(uploads, on="s3:ObjectCreated:*", to=incoming)
    events, alerts = Topic("events"), Alerts("alerts")
    messages = Queue("messages", QueueArgs(
        visibility=timedelta(minutes=3), senders=[events.sends(), alerts.sends()],
    ))
    Subscription("events-to-messages", SubscriptionArgs(
        topic=events, queue=messages,
        events=[
            "upload-batch.after.publish", "upload-batch.after.refuse", "family.after.*",
            "notify-email", "notify-slack", "app.start", "contributor.*", "user.verify-email",
            "order.cancel-subscription", "order.confirmation", "order.credits.purchase", "user.add-email",
            "user.password-changed", "user.reset-password", "user.signup*", "user.update-email",
        ],
    ))
    Subscription("alerts-to-messages", SubscriptionArgs(topic=alerts, queue=messages))
    mail = Mail("mail", MailArgs(sender=settings.mail.sender))

    # The way in: DNS, then CloudFront behind its firewall, then buckets or the load balancer.
    hosts = settings.hosts
    certificates = Certificates("certificates", CertificatesArgs(zone=settings.hosted_zone, hosts=hosts))
    cdn = CdnArgs(
        certificate=certificates.at_edge, firewall=Firewall("firewall", FirewallArgs(limit=10_000)),
        logs=logs, price_class=settings.cdn.price_class,
    )
    links = Links("links", LinksArgs(
        private_key=settings.cdn_private_key, trusted=settings.cdn.trusted_keys,
    ))
    assets = Assets("assets", AssetsArgs(
        cdn=cdn, host=hosts.assets, public=public, private=private, links=links, replica=settings.cdn.replica,
    ))
    let_read(public, "*", by=assets)
    let_read(private, "svg/*", by=assets)
    balancer = LoadBalancer("load-balancer", LoadBalancerArgs(
        network=network, certificate=certificates.in_region, prefix_list=settings.cdn.prefix_list, logs=logs,
    ))
    frontend = Frontend("frontend", FrontendArgs(
        cdn=cdn, balancer=balancer, site=hosts.site, alias=hosts.www, stream=hosts.stream, icons=hosts.icons,
    ))
    Dns("dns", DnsArgs(
        zone=settings.hosted_zone,
        hosts={hosts.site: frontend, hosts.stream: frontend, hosts.icons: frontend, hosts.assets: assets},
        aliases={hosts.www: hosts.site}, records=mail.records,
    ))

    session_key = Secret("session-key", SecretArgs(
        value=settings.session_key, purpose="Signs CSRF tokens, tickets and cursors",
    ))
    previous_session_key = Secret("session-key-previous", SecretArgs(
        value=settings.previous_session_key or settings.session_key,
        purpose="Signs nothing; what it has signed, or will sign, is valid",
    ))
    session_keys = {"SESSION_KEY": session_key.value, "SESSION_KEY_PREVIOUS": previous_session_key.value}
    link_key = Secret("link-key", SecretArgs(
        value=settings.cdn_private_key, purpose="Signs links to private objects",
    ))
    slack_webhook = Secret("slack-webhook", SecretArgs(
        value=settings.slack_webhook, purpose="Where notices are posted",
    ))

    stripe_key = Secret("stripe-key", SecretArgs(
        value=settings.stripe_key, purpose="Asks Stripe for payments and refunds",
    ))
    stripe_webhook = Secret("stripe-webhook", SecretArgs(
        value=settings.stripe_webhook_secret, purpose="Tells Stripe's events from forged ones",
    ))
    stripe, stripe_keys = {"STRIPE_API_BASE": settings.stripe_api}, {"STRIPE_SECRET_KEY": stripe_key.value}

    images = Images("images", ImagesArgs(source=settings.images))
    cluster = Cluster("cluster", ClusterArgs(network=network))
    pages = {"SITE_URL": settings.site, "STREAM_URL": settings.stream, "ASSETS_URL": settings.assets}

    Service("api", TaskArgs(
        cluster=cluster, image=images.api, command=["api", "serve"],
        init=[Init("migrate", ["api", "migrate"])],
        port=settings.ports.api, behind=Route(balancer=balancer, host=hosts.site, priority=20),
        env=pages | stripe | {"UPLOADS_BUCKET": uploads.name, "CDN_KEY_ID": links.key_id},
        secrets=session_keys | stripe_keys | {
            "STRIPE_WEBHOOK_SECRET": stripe_webhook.value, "CDN_PRIVATE_KEY": link_key.value,
        },
        may=[uploads.write("uploads/*")],
        reach=[database, cache], size=settings.size("api"), health=images.api.health,
        # Half of its eight threads at work: the others have the minute until another task answers.
        scale=[Requests(at_once=4, each=timedelta(seconds=0.1)), Busy()],
    ))
    Service("stream", TaskArgs(
        cluster=cluster, image=images.api, command=["api", "stream"],
        port=settings.ports.stream, behind=Route(balancer=balancer, host=hosts.stream, priority=10),
        env=pages, secrets=session_keys,
        reach=[database], size=settings.size("stream"), health=images.api.health,
    ))
    Service("icons", TaskArgs(  # what is free, for Iconify's clients: no session, no key, no bucket
        cluster=cluster, image=images.api, command=["api", "icons"], env={"SITE_URL": settings.site},
        port=settings.ports.icons, behind=Route(balancer=balancer, host=hosts.icons, priority=30),
        reach=[database], size=settings.size("icons"), health=images.api.health,
        scale=[Requests(at_once=4, each=timedelta(seconds=0.02)), Busy()],
    ))
    Service("worker-intake", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "intake"],
        env={
            "UPLOADS_QUEUE_URL": incoming.url,
            "UPLOADS_BUCKET": uploads.name, "PRIVATE_BUCKET": private.name,
        },
        may=[incoming.consume(), uploads.read("uploads/*"), private.write("sources/*")],
        reach=[database, cache], size=settings.size("worker-intake"), health=images.worker.health,
        scale=[Backlog(of=incoming.waiting, latency=timedelta(minutes=2), per_message=timedelta(seconds=20))],
    ))
    Service("worker-images", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "images"],
        env={"PRIVATE_BUCKET": private.name, "PUBLIC_BUCKET": public.name},
        may=[private.read("sources/*"), private.write("svg/*", "images/*"), public.write("images/*")],
        reach=[database, cache], size=settings.size("worker-images"), health=images.worker.health,
        scale=[Backlog(of=owed("items"), latency=timedelta(minutes=2), per_message=timedelta(seconds=0.15))],
    ))
    Service("worker-previews", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "previews"],
        env={"PRIVATE_BUCKET": private.name, "PUBLIC_BUCKET": public.name},
        may=[private.read("svg/*"), public.write("previews/*")],
        reach=[database, cache], size=settings.size("worker-previews"), health=images.worker.health,
        scale=[Backlog(of=owed("previews"), latency=timedelta(minutes=1), per_message=timedelta(seconds=4))],
    ))
    Service("worker-relay", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "relay"],
        env={"EVENTS_TOPIC_ARN": events.arn},
        may=[events.publish()],
        reach=[database], size=settings.size("worker-relay"), health=images.worker.health,
        scale=[Backlog(of=owed("events"), latency=timedelta(minutes=1), per_message=timedelta(seconds=0.02))],
    ))
    Service("worker-messenger", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "messenger"],
        env={
            "MESSAGES_QUEUE_URL": messages.url, "SITE_URL": settings.site,
            "MAIL_FROM": settings.mail.sender, "MAIL_TO": settings.mail.recipient,
            "PAGES_DISTRIBUTION": frontend.told_by(network),
        },
        secrets={"SLACK_WEBHOOK_URL": slack_webhook.value},
        may=[messages.consume(), mail.send(), *frontend.invalidate(network)],
        reach=[database], size=settings.size("worker-messenger"), health=images.worker.health,
        scale=[Backlog(of=messages.waiting, latency=timedelta(minutes=5), per_message=timedelta(seconds=2))],
    ))
    Service("worker-reaper", TaskArgs(
        cluster=cluster, image=images.worker, command=["worker", "reaper"],
        env=stripe, secrets=stripe_keys,
        reach=[database, cache], size=settings.size("worker-reaper"), health=images.worker.health,
    ))
    # Run once, by `make run-task`. The backfill keeps checkpoints, so that Spot may cut it off.
    converter = Task("converter", TaskArgs(
        cluster=cluster, image=images.converter, command=["converter", "backfill", "--resume"],
        env={"PRIVATE_BUCKET": private.name, "PUBLIC_BUCKET": public.name},
        may=[
            private.read("svg/*", ".converter-probe"),  # of the probe only the time of the answer matters
            private.write("images/*"), public.write("images/*"),
        ],
        reach=[database], size=settings.size("converter"),
    ))
    migrate = Task("migrate", TaskArgs(
        cluster=cluster, image=images.api, command=["api", "migrate"],
        reach=[database], size=settings.size("migrate"),
    ))

    # Made last, of all that is above.
    identity = Identity("identity", IdentityArgs(
        repository=settings.delivery.repository, environment=settings.delivery.environment,
        state_bucket=settings.delivery.state_bucket, state_key=settings.delivery.state_key,
        mail_domain=mail.domain, repositories=images.repositories, buckets=[logs, uploads, private, public],
        secrets=[session_key, previous_session_key, link_key, slack_webhook, stripe_key, stripe_webhook],
    ))
    Dashboard("dashboard")
    network.narrow()

# The contract with what runs around Pulumi: the region at home, deployment, smoke tests.
pulumi.export("site", settings.site)
pulumi.export("stream", settings.stream)
pulumi.export("icons", settings.icons)
pulumi.export("assets", settings.assets)
pulumi.export("cdn", {"pages": frontend.domain, "assets": assets.domain})
pulumi.export("buckets", {"uploads": uploads.created, "private": private.created, "public": public.created})
pulumi.export("queues", {"incoming": incoming.url, "messages": messages.url})
pulumi.export("topic", events.created)
pulumi.export("cluster", cluster.created)
pulumi.export("tasks", {
    "converter": converter.once(on="FARGATE_SPOT"), "migrate": migrate.once(on="FARGATE"),
})
pulumi.export("images", images.digests)
pulumi.export("roles", identity.roles)
