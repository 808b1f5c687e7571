"""The picture of a procedure is no higher than it must be, and goes from left to right."""

from zhuchao.apps.approvals.selectors.drawing import NODE_WIDTH, draw_network
from zhuchao.apps.approvals.selectors.networks import shipped_procedures, template_of


def test_no_column_of_the_network_towers_and_every_arrow_goes_to_the_right():
    drawn = draw_network(template_of(shipped_procedures()["land-to-start"].text))
    columns = [node.x for node in drawn.nodes]
    assert max(columns.count(x) for x in columns) <= 5
    assert drawn.height < 450
    places = {node.task.key: node.x for node in drawn.nodes}
    assert all(places[arrow.first] + NODE_WIDTH < places[arrow.then] for arrow in drawn.arrows)
