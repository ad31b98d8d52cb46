//! One acceptance, asked for many times at once through the center's door, on a real log.

use contracts::{
    Office, support_center::support_center_service_client::SupportCenterServiceClient,
};
use futures::future::join_all;
use office::testing::House;
use support_center::SupportCenter;

use crate::referred::{referred, reply};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twins_of_an_acceptance_get_one_reply() {
    let house = House::open().await;
    let hospital = house.desk(Office::Hospital);
    let center = SupportCenter::service(house.desk(Office::SupportCenter));
    let center = SupportCenterServiceClient::new(center);
    for turn in 0..8 {
        let mut accept = referred(&house, &hospital).await.0;
        if turn % 2 == 0 {
            let context = accept.context.as_mut().expect("it has one");
            context.unless_changed_since = String::new();
        }
        let before = house.head().await;
        let twins = (0..16).map(|_| {
            let request = house.request("center-a", accept.clone());
            let mut center = center.clone();
            tokio::spawn(async move { center.accept_referral(request).await })
        });
        let answers = join_all(twins).await.into_iter();
        let replies: Vec<_> = answers.map(|answer| reply(answer.expect("a task"))).collect();
        assert_eq!(replies[0].recorded.len(), 2);
        assert!(replies.iter().all(|reply| *reply == replies[0]));
        assert_eq!(house.head().await, before + 2);
    }
}
