//! The gRPC services, and the offices at which each is served.

use prost_reflect::ServiceDescriptor;

use crate::{
    annotations::{Office, ServiceOptions},
    catalogue,
    catalogue::extension,
    office_from_name,
};

/// One gRPC service.
#[derive(Debug, Clone)]
pub struct Service {
    /// The name it goes by in calls: `support-center`, `emergency`.
    pub name: String,
    /// The offices whose servers have it.
    pub offices: Vec<Office>,
    /// Its RPCs.
    pub descriptor: ServiceDescriptor,
}

/// Every service of the house.
pub fn services() -> impl Iterator<Item = Service> {
    catalogue().pool().services().filter_map(Service::read)
}

impl Service {
    fn read(descriptor: ServiceDescriptor) -> Option<Self> {
        let package = descriptor.package_name().strip_prefix("tsunagi.")?;
        let name = package.strip_suffix(".v1")?.replace('_', "-");
        let options: ServiceOptions =
            extension(&descriptor.options(), "service").unwrap_or_default();
        let mut offices: Vec<_> = options.served_at().collect();
        if offices.is_empty() {
            offices.extend(office_from_name(&name));
        }
        Some(Self { name, offices, descriptor })
    }
}
