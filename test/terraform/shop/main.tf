terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "me" {}
data "aws_vpc" "default" { default = true }
data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

resource "aws_service_discovery_private_dns_namespace" "shop" {
  name        = "shop.internal"
  description = "the shop's services"
  vpc         = data.aws_vpc.default.id
  tags        = { team = "shop" }
}
resource "aws_service_discovery_http_namespace" "calls" {
  name = "shop-calls"
}
resource "aws_service_discovery_service" "web" {
  name = "web"
  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.shop.id
    routing_policy = "MULTIVALUE"
    dns_records {
      ttl  = 10
      type = "A"
    }
  }
  health_check_custom_config {
    failure_threshold = 1
  }
}
resource "aws_service_discovery_service" "orders" {
  name         = "orders"
  namespace_id = aws_service_discovery_http_namespace.calls.id
  tags         = { team = "shop" }
}
resource "aws_service_discovery_instance" "legacy" {
  instance_id = "legacy"
  service_id  = aws_service_discovery_service.orders.id
  attributes = {
    AWS_INSTANCE_IPV4 = "172.31.9.9"
    AWS_INSTANCE_PORT = "8080"
  }
}

resource "aws_route53_zone" "shop" {
  name    = "shop.example"
  comment = "public names"
  tags    = { team = "shop" }
}
resource "aws_route53_zone" "inside" {
  name = "inside.example"
  vpc {
    vpc_id = data.aws_vpc.default.id
  }
}
resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.shop.zone_id
  name    = "www.shop.example"
  type    = "A"
  alias {
    name                   = aws_lb.web.dns_name
    zone_id                = aws_lb.web.zone_id
    evaluate_target_health = true
  }
}
resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.shop.zone_id
  name    = "shop.example"
  type    = "MX"
  ttl     = 300
  records = ["10 mail.shop.example", "20 spare.shop.example"]
}
resource "aws_route53_record" "text" {
  zone_id = aws_route53_zone.inside.zone_id
  name    = "_note"
  type    = "TXT"
  ttl     = 60
  records = ["hello world", "and more"]
}
resource "aws_route53_record" "weighted" {
  count          = 2
  zone_id        = aws_route53_zone.inside.zone_id
  name           = "api.inside.example"
  type           = "A"
  ttl            = 30
  records        = ["172.31.8.${count.index + 1}"]
  set_identifier = "part-${count.index}"
  weighted_routing_policy {
    weight = count.index + 1
  }
}

resource "aws_acm_certificate" "shop" {
  domain_name               = "shop.example"
  subject_alternative_names = ["*.shop.example"]
  validation_method         = "DNS"
  tags                      = { team = "shop" }
  lifecycle { create_before_destroy = true }
}
resource "aws_route53_record" "proof" {
  for_each = {
    for each in aws_acm_certificate.shop.domain_validation_options : each.domain_name => each
  }
  allow_overwrite = true
  zone_id         = aws_route53_zone.shop.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  ttl             = 60
  records         = [each.value.resource_record_value]
}
resource "aws_acm_certificate_validation" "shop" {
  certificate_arn         = aws_acm_certificate.shop.arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}

resource "aws_security_group" "web" {
  name   = "shop-web"
  vpc_id = data.aws_vpc.default.id
  ingress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_lb" "web" {
  name            = "shop"
  internal        = true
  subnets         = slice(sort(data.aws_subnets.all.ids), 0, 2)
  security_groups = [aws_security_group.web.id]
  idle_timeout    = 30
  tags            = { team = "shop" }
}
resource "aws_lb_target_group" "web" {
  name                 = "shop-web"
  port                 = 80
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = data.aws_vpc.default.id
  deregistration_delay = 5
  health_check {
    path     = "/health"
    interval = 5
    timeout  = 2
  }
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 3600
  }
}
resource "aws_lb_target_group" "next" {
  name        = "shop-next"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = data.aws_vpc.default.id
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.shop.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
resource "aws_lb_listener_rule" "next" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10
  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.web.arn
        weight = 90
      }
      target_group {
        arn    = aws_lb_target_group.next.arn
        weight = 10
      }
    }
  }
  condition {
    path_pattern { values = ["/next/*"] }
  }
  condition {
    http_header {
      http_header_name = "X-Next"
      values           = ["yes"]
    }
  }
}
resource "aws_lb_listener_rule" "gone" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "gone"
      status_code  = "410"
    }
  }
  condition {
    host_header { values = ["old.shop.example"] }
  }
}

resource "aws_ecs_cluster" "shop" {
  name = "shop"
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}
resource "aws_ecs_task_definition" "web" {
  family                   = "shop-web"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "app"
    image        = "shop:1"
    essential    = true
    portMappings = [{ containerPort = 80, protocol = "tcp" }]
  }])
}
resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.shop.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = data.aws_subnets.all.ids
    security_groups = [aws_security_group.web.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "app"
    container_port   = 80
  }
  service_registries {
    registry_arn = aws_service_discovery_service.web.arn
  }
  depends_on = [aws_lb_listener.https]
}

output "account" { value = data.aws_caller_identity.me.account_id }
